"""Practice: which question comes next, what an answer does, what is shown. A pure state machine; no clock, no screen, no file."""
