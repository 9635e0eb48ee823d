import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longArrayKey;
import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Sends traces with the OpenTelemetry SDK for Java: Send PROTOCOL ENDPOINT TRACES COMPRESSION. Prints the ids of the spans that it ended. */
public class Send {
  public static void main(String[] args) {
    var exporter =
        args[0].equals("grpc")
            ? OtlpGrpcSpanExporter.builder().setEndpoint(args[1]).setCompression(args[3]).build()
            : OtlpHttpSpanExporter.builder().setEndpoint(args[1] + "/v1/traces").setCompression(args[3]).build();
    var batches = BatchSpanProcessor.builder(exporter).setMaxQueueSize(100_000).setMaxExportBatchSize(256).build();
    var provider = SdkTracerProvider.builder().addSpanProcessor(batches).build();
    var tracer = provider.get("sdk-java");
    for (int number = 0; number < Integer.parseInt(args[2]); number++) {
      var root = tracer.spanBuilder("GET /ä/{id}").setSpanKind(SpanKind.SERVER).startSpan();
      root.setAttribute("http.route", "/ä/{id}").setAttribute("number", number).setAttribute("big", 1L << 62);
      var child =
          tracer
              .spanBuilder("SELECT")
              .setParent(Context.root().with(root))
              .setSpanKind(SpanKind.CLIENT)
              .addLink(root.getSpanContext(), Attributes.of(longArrayKey("a"), List.of(1L, 2L)))
              .startSpan();
      child.setAllAttributes(Attributes.of(doubleKey("ratio"), 0.5, booleanKey("yes"), true));
      child.addEvent("event", Attributes.of(stringArrayKey("texts"), List.of("a", "ä")));
      child.setStatus(StatusCode.ERROR, "no");
      child.end();
      root.end();
      System.out.println(child.getSpanContext().getSpanId());
      System.out.println(root.getSpanContext().getSpanId());
    }
    provider.shutdown().join(60, TimeUnit.SECONDS);
  }
}
