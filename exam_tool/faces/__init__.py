"""The faces of a session: reading lines in order, or editing on a full screen. They carry events in and screens out, and decide nothing."""
