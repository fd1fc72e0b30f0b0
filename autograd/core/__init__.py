"""The foundation of Value: graphs, modes, recording, operators and pickles."""
