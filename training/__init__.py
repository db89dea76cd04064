"""Training of the reader: data, training, measurement, export; the desk does not need it to run."""
