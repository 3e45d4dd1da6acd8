"""Documents: uploaded and kept here, made searchable by the summarizer."""
