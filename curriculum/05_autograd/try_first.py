TARGET = {}
