/** The configuration of a team that meant to keep half of its important APIs. */
export const EXAMPLE_CONFIG = `processors:
  tail_sampling:
    decision_wait: 10s
    num_traces: 100000
    expected_new_traces_per_sec: 10000
    policies:
      - name: errors
        type: status_code
        status_code: { status_codes: [ERROR] }
      - name: slow requests
        type: latency
        latency: { threshold_ms: 500 }
      - name: important APIs
        type: string_attribute
        string_attribute:
          key: http.route
          values: [/api/payment, /api/checkout]
        probabilistic: { sampling_percentage: 50 }
      - name: default
        type: probabilistic
        probabilistic: { sampling_percentage: 1 }
service:
  pipelines:
    traces:
      processors: [tail_sampling]
`;
