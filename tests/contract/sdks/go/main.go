// Sends traces with the OpenTelemetry SDK for Go: sdk PROTOCOL ENDPOINT TRACES COMPRESSION. Prints the ids of the spans that it ended.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func exporter(ctx context.Context, protocol, endpoint, compression string) (*otlptrace.Exporter, error) {
	address := strings.TrimPrefix(endpoint, "http://")
	if protocol == "grpc" {
		options := []otlptracegrpc.Option{otlptracegrpc.WithInsecure(), otlptracegrpc.WithEndpoint(address)}
		if compression == "gzip" {
			options = append(options, otlptracegrpc.WithCompressor("gzip"))
		}
		return otlptracegrpc.New(ctx, options...)
	}
	options := []otlptracehttp.Option{otlptracehttp.WithInsecure(), otlptracehttp.WithEndpoint(address)}
	if compression == "gzip" {
		options = append(options, otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	}
	return otlptracehttp.New(ctx, options...)
}

func main() {
	ctx := context.Background()
	traces, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	to, err := exporter(ctx, os.Args[1], os.Args[2], os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(to, sdktrace.WithMaxQueueSize(100_000), sdktrace.WithMaxExportBatchSize(256)))
	tracer := provider.Tracer("sdk-go")
	for number := range traces {
		route := attribute.String("http.route", "/ä/{id}")
		rootContext, root := tracer.Start(ctx, "GET /ä/{id}", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(route, attribute.Int("number", number), attribute.Int64("big", 1<<62)))
		link := trace.Link{SpanContext: root.SpanContext(), Attributes: []attribute.KeyValue{attribute.IntSlice("a", []int{1, 2})}}
		_, child := tracer.Start(rootContext, "SELECT", trace.WithSpanKind(trace.SpanKindClient), trace.WithLinks(link), trace.WithAttributes(attribute.Float64("ratio", 0.5), attribute.Bool("yes", true)))
		child.AddEvent("event", trace.WithAttributes(attribute.StringSlice("texts", []string{"a", "ä"})))
		child.SetStatus(codes.Error, "no")
		child.End()
		root.End()
		fmt.Println(child.SpanContext().SpanID())
		fmt.Println(root.SpanContext().SpanID())
	}
	if err := provider.Shutdown(ctx); err != nil {
		log.Fatal(err)
	}
}
