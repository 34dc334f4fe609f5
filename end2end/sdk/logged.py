"""What the client of this very process logged, once all of it has been sent."""

import mlflow


def traces(experiment, filter_string=None, **more):
    """Whole traces of an experiment that match, oldest first."""
    mlflow.flush_trace_async_logging()
    found = mlflow.search_traces(
        locations=[experiment.experiment_id], filter_string=filter_string, return_type="list", **more)
    # The server orders by milliseconds, in which a test logs many traces.
    return sorted(found, key=lambda trace: min((span.start_time_ns for span in trace.data.spans), default=0))


def only(experiment):
    """The one trace of an experiment."""
    [trace] = traces(experiment)
    return trace


def tree(trace):
    """(name, parent's name) of each span, sorted."""
    names = {span.span_id: span.name for span in trace.data.spans}
    return sorted((span.name, names.get(span.parent_id)) for span in trace.data.spans)


def named(trace, name):
    """The spans of a name, in the order in which they began."""
    return sorted(trace.search_spans(name=name), key=lambda span: span.start_time_ns)
