// Traces to look at: a list of ordinary agent traces, one of 20 spans, and large ones. Sent as OTLP JSON, the same every time.
const start = Date.UTC(2026, 10, 20, 9);

/** Fills the server and says where things are. */
export async function seed(base) {
  const experiment = await post(`${base}/api/2.0/mlflow/experiments/create`, { name: 'bench-ui' });
  const large = await post(`${base}/api/2.0/mlflow/experiments/create`, { name: 'bench-ui-large' });
  const ids = { list: experiment.experiment_id, large: large.experiment_id };
  for (let lot = 0; lot < 12; lot += 1) {
    const spans = [];
    for (let n = 0; n < 25; n += 1) spans.push(...trace(lot * 25 + n, 20));
    await send(base, ids.list, spans);
  }
  const traces = {};
  for (const count of [20_000, 100_000]) {
    const number = 1_000_000 + count;
    const spans = trace(number, count);
    for (let at = 0; at < spans.length; at += 5_000) await send(base, ids.large, spans.slice(at, at + 5_000));
    traces[count] = `tr-${traceId(number)}`;
  }
  return { experiment: ids.list, traces };
}

async function post(url, body, headers = {}) {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${url}: ${reply.status} ${await reply.text()}`);
  return reply.json().catch(() => ({}));
}

function send(base, experiment, spans) {
  const body = { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: 'bench' }, spans }] }] };
  return post(`${base}/v1/traces`, body, { 'x-mlflow-experiment-id': experiment });
}

const hex = (number, digits) => number.toString(16).padStart(digits, '0');
const traceId = (number) => hex(number + 1, 32);
const text = (key, value) => ({ key, value: { stringValue: value } });

/** An agent that plans, looks things up and calls tools, over and over until there are `count` spans. */
function trace(number, count) {
  const id = traceId(number);
  const began = BigInt(start + number * 60_000) * 1_000_000n;
  const step = 40_000_000n;
  const spans = [];
  const at = (index) => began + BigInt(index) * step;
  const isFailed = number % 9 === 4;
  const add = (index, parent, name, kind, length, attributes = [], status = {}) =>
    spans.push({
      traceId: id,
      spanId: hex(index + 1, 16),
      parentSpanId: parent === null ? '' : hex(parent + 1, 16),
      name,
      startTimeUnixNano: String(at(index)),
      endTimeUnixNano: String(at(index) + length),
      attributes: [text('mlflow.spanType', JSON.stringify(kind)), ...attributes],
      status,
    });
  const question = `Where is order ${number % 97}, and when will it arrive?`;
  const answer = `Order ${number % 97} left the warehouse and arrives on day ${number % 28}.`;
  add(0, null, 'support_agent', 'AGENT', step * BigInt(count), [
    text('mlflow.spanInputs', JSON.stringify({ question })),
    text('mlflow.spanOutputs', JSON.stringify(isFailed ? null : { answer })),
    text('user.id', `user-${number % 17}`),
    text('session.id', `session-${Math.floor(number / 4)}`),
  ], isFailed ? { code: 2, message: 'the carrier did not answer' } : { code: 1 });
  let chain = 0;
  let dice = number + 7;
  for (let index = 1; index < count; index += 1) {
    // No rhythm: what repeats is folded into one row.
    dice = (dice * 1_103_515_245 + 12_345) % 2_147_483_648;
    const roll = Math.floor(dice / 65_536) % 12;
    if (index === 1 || roll === 0) {
      chain = index;
      add(index, 0, 'plan', 'CHAIN', step * 10n);
    } else if (roll < 4) {
      add(index, chain, `chat_model_${roll}`, 'CHAT_MODEL', step, [
        text('mlflow.spanInputs', JSON.stringify({ messages: [{ role: 'user', content: question }] })),
        text('mlflow.spanOutputs', JSON.stringify({ choices: [{ message: { role: 'assistant', content: answer } }] })),
        text('mlflow.llm.model', '"gpt-4o"'),
      ]);
    } else {
      const isTool = roll % 2 === 0;
      add(index, chain, isTool ? `lookup_${roll}` : `retrieve_${roll}`, isTool ? 'TOOL' : 'RETRIEVER', step, [
        text('mlflow.spanInputs', JSON.stringify({ id: index })),
      ], isFailed && index === count - 1 ? { code: 2, message: 'timed out after 30 s' } : { code: 1 });
    }
  }
  return spans;
}
