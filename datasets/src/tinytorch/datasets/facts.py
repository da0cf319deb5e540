"""What TinyTalks talks about, as tables. Each is read by `topics.py`."""

NAMES = """anna, ben, carla, david, ella, finn, greta, hugo, ida, jonas, kira, leo, mia, nora, oscar, paula, rosa, sam,
tina, vera"""

NUMBERS = """zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen,
fifteen, sixteen, seventeen, eighteen, nineteen"""

COLOURS = """grass green, a leaf green, a pea green, a frog green, the sky blue, the sea blue, a whale blue,
snow white, milk white, a swan white, salt white, a cloud white, coal black, a raven black, the night black,
blood red, a cherry red, a tomato red, a strawberry red, the sun yellow, a lemon yellow, a banana yellow,
butter yellow, honey yellow, a carrot orange, a pumpkin orange, a fox orange, chocolate brown, a nut brown,
wood brown, a bear brown, an elephant grey, ash grey, a mouse grey, a flamingo pink, a pig pink"""

SOUNDS = """a dog barks, a cat meows, a cow moos, a sheep bleats, a horse neighs, a duck quacks, a lion roars,
a bee buzzes, a snake hisses, a wolf howls, an owl hoots, a mouse squeaks, a frog croaks, a pig grunts, a bird sings"""

HOMES = """a fish water, a whale the sea, a camel the desert, a bear the forest, a monkey the jungle, a bird a nest,
a bee a hive, a spider a web, a rabbit a hole, a dog a house, a horse a stable, a penguin the ice,
a goat the mountains, a frog a pond, a bat a cave, a lion the grassland, a mole the ground"""

CAPITALS = """peru lima, france paris, spain madrid, italy rome, greece athens, egypt cairo, japan tokyo,
china beijing, norway oslo, sweden stockholm, finland helsinki, germany berlin, austria vienna, poland warsaw,
portugal lisbon, ireland dublin, russia moscow, cuba havana, kenya nairobi, canada ottawa, india delhi, iran tehran,
iraq baghdad, hungary budapest, denmark copenhagen, turkey ankara, belgium brussels, chile santiago"""

FOODS = """a cow grass, a rabbit carrots, a monkey bananas, a bear honey, a mouse cheese, a cat fish, a dog bones,
a squirrel nuts, a bird worms, a lion meat, a frog flies, a horse hay, a panda bamboo, a goat leaves, a hen corn,
a spider insects, a pig potatoes, a penguin fish, a bat insects, a sheep grass"""

YOUNG = """dog puppy, cat kitten, cow calf, sheep lamb, horse foal, hen chick, bear cub, duck duckling, goat kid,
pig piglet, owl owlet, frog tadpole"""

TONGUES = """france french, spain spanish, italy italian, greece greek, egypt arabic, iraq arabic, japan japanese,
china chinese, norway norwegian, sweden swedish, germany german, austria german, poland polish, portugal portuguese,
russia russian, cuba spanish, peru spanish, chile spanish"""

MATERIALS = """a window glass, a bottle glass, a book paper, a map paper, a shirt cotton, a towel cotton,
a coat wool, a hat wool, a key iron, a saw iron, a table wood, a violin wood, a boat wood, a wall stone,
a candle wax, a cup clay"""

USES = """a pen write, a knife cut, a broom sweep, a spoon eat, a needle sew, a key open doors, a lamp see at night,
a cup drink, a bed sleep, a phone call a friend, a saw cut wood, an oven bake bread, a brush paint,
a towel dry your hands, a clock read the time, a boat cross the sea, an umbrella stay dry, a bike ride to school,
a camera take pictures, soap wash your hands, a map find the way, a ball play"""

OPPOSITES = """hot cold, big small, fast slow, day night, happy sad, young old, hard soft, wet dry, full empty,
light dark, high low, long short, open closed, clean dirty, loud quiet, rich poor, early late, near far,
strong weak, left right, thick thin, good bad, up down, first last"""

SORTS = """a rose flower, a tulip flower, an apple fruit, a banana fruit, a cherry fruit, a dog animal,
a whale animal, an owl animal, a hammer tool, a saw tool, a broom tool, a car vehicle, a bus vehicle,
a train vehicle, a violin instrument, a drum instrument, a flute instrument, a shirt garment, a coat garment,
a hat garment"""

SIZES = """an elephant a mouse, a whale a fish, a horse a dog, a house a lamp, a bus a bike, a train a car,
a city a park, the sea a pond, a bear a fox, a lion a cat, a pumpkin a cherry, a camel a hen, a boat a cup,
the sun the ground"""

THINGS = """a frog, a kite, a drum, a map, a hat, a rabbit, a lamp, an apple, a boat, a book, a violin, a coat,
a ball, a camera, a bike, a cup, a flute"""

PLACES = """the garden, the kitchen, the forest, the school, the city, the house, the market, the park, the station,
the cave, the stable, the desert, the pond"""

LIKES = """cheese, honey, bread, fish, carrots, bananas, chocolate, potatoes, nuts, milk, snow, music, the sun"""
