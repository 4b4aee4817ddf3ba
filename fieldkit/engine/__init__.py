"""llama.cpp in a child process: backend, model, session, worker and client."""
