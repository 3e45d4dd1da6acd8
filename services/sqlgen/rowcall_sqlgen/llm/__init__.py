"""The LLM generator: any endpoint that speaks the OpenAI chat completions protocol."""
