"""How the runs of an experiment are laid out in files, whatever it is that they do."""
