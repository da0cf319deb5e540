"""What a grader asks of Autograd."""
