"""A stand-in for the HTTP endpoints of OpenAI and Anthropic, on loopback.

No model answers: a rule does. It exists because no model can be had in a test; the client libraries around it
are the real ones. It knows chat completions and messages (whole and streamed, with tool calls), completions,
responses and embeddings, and counts a token for each word.
"""

import http.server
import json
import threading

ANSWER = "The capital of France is Paris."


class StandInLlm:
    """A server on a free port. `url` is without a version, `openai_url` what OpenAI clients call base URL."""

    def __init__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.openai_url = f"{self.url}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):  # noqa: N802, the name that http.server looks for
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = ANSWERS.get(self.path.split("?")[0])
        if body.get("model") == "no-such-model" or answer is None:
            error = {"message": "The model `no-such-model` does not exist", "type": "invalid_request_error"}
            return self._json({"error": error}, 404)
        reply = answer(body)
        return self._json(reply) if isinstance(reply, dict) else self._events(reply)

    def _json(self, reply, status=200):
        data = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _events(self, events):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for name, data in events:
            text = data if isinstance(data, str) else json.dumps(data)
            self.wfile.write((f"event: {name}\n" if name else "").encode() + f"data: {text}\n\n".encode())
        self.close_connection = True

    def log_message(self, *_):
        """The tests' output is not the place for an access log."""


def text_of(content):
    """The text of a message, whose content may be a list of parts."""
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content or ""


def answer_to(messages):
    """What the rule says; frameworks that parse an answer get the form that their prompts ask for."""
    prompt = " ".join(text_of(message.get("content")) for message in messages)
    if "[[ ## completed ## ]]" in prompt:
        return f"[[ ## answer ## ]]\n{ANSWER}\n\n[[ ## completed ## ]]"
    if "Final Answer:" in prompt:
        return f"Thought: I now can give a great answer\nFinal Answer: {ANSWER}"
    return ANSWER


def wants_tool(body):
    """A tool that was offered is called once, before anything is answered."""
    messages = body.get("messages", [])
    return bool(body.get("tools")) and not any("tool_result" in str(m) or m.get("role") == "tool" for m in messages)


def words(*texts):
    return sum(len(text.split()) for text in texts)


def usage(messages, answer):
    prompt = words(*(text_of(message.get("content")) for message in messages))
    completion = words(answer)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def chat(body):
    messages = body["messages"]
    head = {"id": "chatcmpl-1", "created": 1, "model": body["model"]}
    if wants_tool(body):
        function = {"name": body["tools"][0]["function"]["name"], "arguments": json.dumps({"city": "Paris"})}
        call = {"id": "call_1", "type": "function", "function": function}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        reason = "tool_calls"
    else:
        message = {"role": "assistant", "content": answer_to(messages)}
        reason = "stop"
    used = usage(messages, message["content"] or "call")
    if not body.get("stream"):
        choice = {"index": 0, "message": message, "finish_reason": reason}
        return {**head, "object": "chat.completion", "choices": [choice], "usage": used}
    return chat_events({**head, "object": "chat.completion.chunk"}, message, reason, used)


def chat_events(head, message, reason, used):
    def chunk(delta, finish=None):
        return None, {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    for index, call in enumerate(message.get("tool_calls", [])):
        yield chunk({"tool_calls": [{"index": index, **call}]})
    for word in (message["content"] or "").split(" "):
        yield chunk({"content": word if word == ANSWER.split(" ")[0] else f" {word}"})
    yield chunk({}, reason)
    yield None, {**head, "choices": [], "usage": used}
    yield None, "[DONE]"


def completions(body):
    prompt = body["prompt"] if isinstance(body["prompt"], str) else body["prompt"][0]
    used = usage([{"content": prompt}], ANSWER)
    choice = {"index": 0, "text": ANSWER, "finish_reason": "stop", "logprobs": None}
    return {
        "id": "cmpl-1", "object": "text_completion", "created": 1, "model": body["model"],
        "choices": [choice], "usage": used,
    }


def responses(body):
    given = body["input"]
    messages = [{"content": given}] if isinstance(given, str) else given
    used = usage(messages, ANSWER)
    content = {"type": "output_text", "text": ANSWER, "annotations": []}
    output = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [content]}
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "model": body["model"], "status": "completed",
        "output": [output], "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
        "usage": {
            "input_tokens": used["prompt_tokens"], "output_tokens": used["completion_tokens"],
            "total_tokens": used["total_tokens"], "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
    }


def embeddings(body):
    given = body["input"]
    texts = given if isinstance(given, list) else [given]
    data = [{"object": "embedding", "index": index, "embedding": [0.5, 0.25, 0.125]} for index in range(len(texts))]
    return {"object": "list", "model": body["model"], "data": data, "usage": {"prompt_tokens": 3, "total_tokens": 3}}


def messages(body):
    used = usage(body["messages"], ANSWER)
    tokens = {"input_tokens": used["prompt_tokens"], "output_tokens": used["completion_tokens"]}
    if wants_tool(body):
        content = [{"type": "tool_use", "id": "toolu_1", "name": body["tools"][0]["name"], "input": {"city": "Paris"}}]
    else:
        content = [{"type": "text", "text": ANSWER}]
    reply = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": content,
        "stop_reason": "tool_use" if content[0]["type"] == "tool_use" else "end_turn", "stop_sequence": None,
        "usage": tokens,
    }
    return message_events(reply) if body.get("stream") else reply


def message_events(reply):
    start = {**reply, "content": [], "stop_reason": None}
    yield "message_start", {"type": "message_start", "message": start}
    empty = {"type": "text", "text": ""}
    yield "content_block_start", {"type": "content_block_start", "index": 0, "content_block": empty}
    delta = {"type": "text_delta", "text": reply["content"][0].get("text", "")}
    yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    ended = {"stop_reason": reply["stop_reason"], "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": ended, "usage": reply["usage"]}
    yield "message_stop", {"type": "message_stop"}


ANSWERS = {
    "/v1/chat/completions": chat,
    "/v1/completions": completions,
    "/v1/embeddings": embeddings,
    "/v1/messages": messages,
    "/v1/responses": responses,
}
