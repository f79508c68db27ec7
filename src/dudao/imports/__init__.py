"""Files people bring in: offered as a template, checked row by row, compared with what is there, and applied when asked."""
