del context
