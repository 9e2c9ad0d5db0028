llm_query = llm_query_batched = rlm_query = rlm_query_batched = SHOW_VARS = None
