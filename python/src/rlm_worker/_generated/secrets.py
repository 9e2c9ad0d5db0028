# Generated from packages/protocol/src/secrets.ts, which says what each means.
# Do not edit: change it there and run `pnpm protocol:generate`.

MIN_SECRET_CHARS = 8
PUBLIC_NAMES = (
    "api_?version",
    "azure_?deployment(_?id)?",
    "organization",
    "project",
    "provider(_?model|_?file_?name)?",
    "openai_?project",
    "openai_?organization",
    "cache_?namespace",
    "trace_?id",
    "metadata",
    "forward_?headers",
    "mistral_?fim_?completion",
    "azure_?(resource|endpoint)_?name",
    "azure_?api_?version",
    "aws_?(region|s3_?bucket|bedrock_?model)",
    "vertex_?(project_?id|region|storage_?bucket_?name)",
    "anthropic[-_]?(beta|version)",
    "(http-)?referer",
    "(x-)?(openrouter-)?title",
    "user-agent",
    "accept",
    "content-type",
)
REDACTED = "[redacted]"
SECRET_NAMES = (
    "key",
    "token",
    "secret",
    "password",
    "credential",
    "auth",
    "cookie",
)
SHORT_SECRET = "(?=.*[A-Za-z])(?=.*[0-9]).{4,}"
