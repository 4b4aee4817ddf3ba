"""The assistant for the company's own application: OpenAI's protocol on this machine's loopback."""
