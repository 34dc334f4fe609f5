//! What nearly every trace says, in the words of MLflow and of OpenTelemetry: a beginning that summaries and heads of blocks are
//! compressed behind, so that each of them need not spell it out. They are small, and half of what they hold are such words
//! (measured: 110 of 860 bytes of a summary saved, 107 of 670 of a head).
//!
//! What is stored can be read with these very bytes only. They are never changed: other words are another list, and a higher
//! version of what is packed with it.

/// The most frequent last: what lies nearer is cheaper to point at.
pub(crate) const WORDS: &str = concat!(
    "0.0000.0001e-05mlflow.trace_schema.versionmlflow.modelIdmlflow.sourceRunmlflow.linkedPromptsmlflow.source.name",
    "mlflow.source.typeLOCALmlflow.source.git.commitmlflow.source.git.branchmlflow.source.git.repoURL",
    "mlflow.spanFunctionNamemlflow.spanLogLevelmlflow.message.formatmlflow.chat.toolsmlflow.experimentId",
    "gen_ai.operation.namegen_ai.systemgen_ai.provider.namegen_ai.request.modelgen_ai.response.model",
    "gen_ai.usage.input_tokensgen_ai.usage.output_tokensgen_ai.input.messagesgen_ai.output.messages",
    "gen_ai.conversation.idgen_ai.tool.namegen_ai.agent.nameopeninference.span.kindinput.valueoutput.value",
    "input.mime_typeoutput.mime_typellm.model_namellm.token_count.promptllm.token_count.completion",
    "llm.token_count.totalexceptionexception.typeexception.messageexception.stacktraceuser.idsession.id",
    "service.nametelemetry.sdk.languagepython",
    r#"{"messages": [{"role": "system", "content": "{"role": "assistant", "content": "", "tool_calls": [{"id": "", "#,
    r#""type": "function", "function": {"name": "", "arguments": "{"role": "tool", "tool_call_id": ""#,
    r#"{"question": "{"query": "{"input": "{"result": "{"answer": "{"id": ""#,
    "AGENTCHAINTOOLLLMCHAT_MODELRETRIEVEREMBEDDINGRERANKERPARSERMEMORYWORKFLOWTASKGUARDRAILEVALUATORUNKNOWN",
    "gpt-4ogpt-4o-minigpt-4.1-minigpt-5claude-sonnet-4claude-opus-4gemini-2.5-protext-embedding-3-small",
    "user_idsession_idmlflow.trace.usermlflow.trace.sessionmlflow.usermlflow.llm.modelmlflow.llm.provider",
    "mlflow.llm.costmlflow.chat.tokenUsagemlflow.traceRequestIdmlflow.spanTypemlflow.spanInputsmlflow.spanOutputs",
    r#"mlflow.trace.sizeStats{"total_size_bytes": , "num_spans": , "max": , "p25": , "p50": , "p75": "#,
    r#"mlflow.trace.cost{"input_cost": , "output_cost": , "total_cost": mlflow.trace.tokenUsage{"input_tokens": "#,
    r#", "output_tokens": , "total_tokens": , "cache_read_input_tokens": , "cache_creation_input_tokens": }"#,
    r#"mlflow.traceInputs{"messages": [{"role": "user", "content": "mlflow.traceOutputs{"content": ""#,
    "mlflow.artifactLocation\"mlflow-artifacts:/0/traces/tr-/artifactsmlflow.trace.spansLocationTRACKING_STORE",
    "mlflow.traceName",
);
