"""Places to wait: which answer a question, how they are told."""
