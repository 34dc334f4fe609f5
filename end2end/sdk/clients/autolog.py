"""A small application for each library that MLflow traces by itself.

`PYTHON clients/autolog.py URL EXPERIMENT LIBRARY LLM_URL` runs one with autologging on, against the LLM at the
address, and prints what the application itself got to see as JSON.
"""

import asyncio
import json
import os
import sys

url, experiment, library, llm = sys.argv[1:]
os.environ.update({
    "OPENAI_API_KEY": "none", "OPENAI_BASE_URL": f"{llm}/v1", "OPENAI_API_BASE": f"{llm}/v1",
    "ANTHROPIC_API_KEY": "none", "ANTHROPIC_BASE_URL": llm,
})

import mlflow  # noqa: E402, the libraries read their settings when they are loaded

QUESTION = "What is the capital of France?"
USER = [{"role": "user", "content": QUESTION}]


def weather(city: str) -> str:
    """Tells the weather in a city."""
    return f"Sunny in {city}"


def openai():
    import openai

    mlflow.openai.autolog()
    client = openai.OpenAI()
    whole = client.chat.completions.create(model="gpt-4o", messages=USER, temperature=0.99)
    stream = client.chat.completions.create(
        model="gpt-4o", messages=USER, stream=True, stream_options={"include_usage": True})
    pieces = [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]
    response = client.responses.create(model="gpt-4o", input=QUESTION)
    embedding = client.embeddings.create(model="text-embedding-3-small", input="x", encoding_format="float")
    try:
        client.chat.completions.create(model="no-such-model", messages=USER)
    except openai.NotFoundError as error:
        failure = str(error)
    return [whole.choices[0].message.content, "".join(pieces), response.output_text, len(embedding.data[0].embedding), failure]


def openai_async():
    import openai

    mlflow.openai.autolog()

    @mlflow.trace
    async def ask(message):
        reply = await openai.AsyncOpenAI().chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": message}])
        return reply.choices[0].message.content

    return asyncio.run(ask(QUESTION))


def anthropic():
    import anthropic

    mlflow.anthropic.autolog()
    client = anthropic.Anthropic()
    whole = client.messages.create(model="claude-sonnet-4-5", max_tokens=100, messages=USER)
    tool = {"name": "weather", "description": "Tells the weather", "input_schema": {"type": "object"}}
    call = client.messages.create(model="claude-sonnet-4-5", max_tokens=100, messages=USER, tools=[tool])
    return [whole.content[0].text, call.content[0].name]


def langchain():
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_openai import ChatOpenAI

    mlflow.langchain.autolog()
    prompt = ChatPromptTemplate.from_messages([("system", "You are {person}."), ("user", "{question}")])
    chain = prompt | ChatOpenAI(model="gpt-4o") | StrOutputParser()
    return chain.invoke({"person": "Richard Feynman", "question": QUESTION})


def langchain_inside_own_span():
    from langchain_openai import ChatOpenAI

    mlflow.langchain.autolog()

    @mlflow.trace(span_type="RETRIEVER")
    def retrieve(question):
        return ["France is a country."]

    @mlflow.trace(name="rag_pipeline", span_type="CHAIN")
    def answer(question):
        docs = retrieve(question)
        return ChatOpenAI(model="gpt-4o").invoke(f"{docs} {question}").content

    return answer(QUESTION)


def langgraph():
    from langchain.agents import create_agent
    from langchain_openai import ChatOpenAI

    mlflow.langchain.autolog()
    agent = create_agent(ChatOpenAI(model="gpt-4o"), tools=[weather])
    config = {"configurable": {"thread_id": "thread-7"}}
    return agent.invoke({"messages": USER}, config)["messages"][-1].content


def litellm():
    import litellm

    mlflow.litellm.autolog()
    reply = litellm.completion(model="openai/gpt-4o", messages=USER, api_base=f"{llm}/v1", api_key="none")
    return reply.choices[0].message.content


def llama_index():
    from llama_index.core import Document, Settings, VectorStoreIndex
    from llama_index.embeddings.openai import OpenAIEmbedding
    from llama_index.llms.openai_like import OpenAILike

    mlflow.llama_index.autolog()
    Settings.llm = OpenAILike(model="gpt-4o", api_base=f"{llm}/v1", api_key="none", is_chat_model=True)
    Settings.embed_model = OpenAIEmbedding(api_base=f"{llm}/v1", api_key="none")
    Settings.tokenizer = str.split
    index = VectorStoreIndex.from_documents([Document(text="Paris is the capital of France.")])
    return str(index.as_query_engine().query(QUESTION))


def dspy():
    import dspy

    mlflow.dspy.autolog()
    dspy.configure(lm=dspy.LM("openai/gpt-4o", api_base=f"{llm}/v1", api_key="none", cache=False))
    return dspy.Predict("question -> answer")(question=QUESTION).answer


def autogen():
    from autogen_agentchat.agents import AssistantAgent
    from autogen_ext.models.openai import OpenAIChatCompletionClient

    mlflow.autogen.autolog()

    async def run():
        model = OpenAIChatCompletionClient(model="gpt-4o", base_url=f"{llm}/v1", api_key="none")
        agent = AssistantAgent("helper", model_client=model, tools=[weather], reflect_on_tool_use=True)
        result = await agent.run(task=QUESTION)
        await model.close()
        return result.messages[-1].content

    return asyncio.run(run())


def crewai():
    from crewai import LLM, Agent, Crew, Task

    mlflow.crewai.autolog()
    model = LLM(model="openai/gpt-4o", base_url=f"{llm}/v1", api_key="none")
    agent = Agent(role="Geographer", goal="Answer", backstory="Knows every city.", llm=model)
    task = Task(description=QUESTION, expected_output="A sentence", agent=agent)
    return Crew(agents=[agent], tasks=[task]).kickoff().raw


mlflow.set_tracking_uri(url)
experiment_id = mlflow.set_experiment(experiment).experiment_id
answer = globals()[library]()
mlflow.flush_trace_async_logging()
print(json.dumps({"experiment_id": experiment_id, "answer": answer}))
