"""What a Value stands on: graphs, modes, recording, operators, pickles."""
