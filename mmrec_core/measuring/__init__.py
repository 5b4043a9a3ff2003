"""Speed and size: a made collection of any size, what is measured on it, and its bounds."""
