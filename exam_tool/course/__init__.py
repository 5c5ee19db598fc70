"""Grading a class: answer files in; marks, feedback and a gradebook out. Marks come from ``marking``, numbers from the key."""
