"""The demo company: a maker of energy-metering software, and half a year of its leads."""
