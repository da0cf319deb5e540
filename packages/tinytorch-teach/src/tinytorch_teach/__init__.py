"""The instructor's side of TinyTorch: release lessons, grade submissions, return feedback, export grades."""
__version__ = "0.1.0"
