"""The summarizer service: narrates results, summarises data, indexes documents."""
