"""The frame around the lessons: names, workspace, release and export. Nothing here holds a solution."""
