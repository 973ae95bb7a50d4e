"""The plan language: what a plan means and what is wrong with it."""
