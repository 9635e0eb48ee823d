"""Sends traces with the OpenTelemetry SDK for Python: send.py PROTOCOL ENDPOINT TRACES COMPRESSION. Prints the ids of the spans that it ended."""

import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

protocol, endpoint, traces, compression = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
if protocol == "grpc":
    import grpc

    gzip = grpc.Compression.Gzip if compression == "gzip" else grpc.Compression.NoCompression
    exporter = GrpcExporter(endpoint=endpoint, insecure=True, compression=gzip)
else:
    exporter = HttpExporter(endpoint=f"{endpoint}/v1/traces", compression=Compression(compression))
provider = TracerProvider(resource=Resource.create({"service.name": "sdk-python"}))
provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=100_000, max_export_batch_size=256))
tracer = provider.get_tracer("sdk-python", "1.0")
for number in range(traces):
    with tracer.start_as_current_span("GET /ä/{id}", kind=SpanKind.SERVER, attributes={"http.route": "/ä/{id}", "number": number, "big": 2**62}) as root:
        print(format(root.get_span_context().span_id, "016x"))
        links = [Link(root.get_span_context(), {"a": [1, 2]})]
        with tracer.start_as_current_span("SELECT", kind=SpanKind.CLIENT, links=links, attributes={"ratio": 0.5, "yes": True}) as child:
            child.add_event("event", {"texts": ["a", "ä"]})
            child.set_status(Status(StatusCode.ERROR, "no"))
            print(format(child.get_span_context().span_id, "016x"))
provider.shutdown()
