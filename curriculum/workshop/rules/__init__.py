"""The rules that each lesson keeps. A rule is a function of a page; it yields (where, sentence) for what breaks it."""
