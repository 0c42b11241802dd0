import ArgumentParser
import KipClient

/// Which broker a command talks to.
struct BrokerOption: ParsableArguments {
    @Option(name: .long, help: "Where the broker listens (KIP_BROKER; default tcp://127.0.0.1:7520).")
    var broker: String?

    @Option(name: .customLong("timeout"), help: "Seconds to wait for the broker's answer.")
    var timeout = 10.0

    func endpoint() throws -> String {
        try Settings.load().text(broker, "KIP_BROKER", "broker") ?? DefaultEndpoint.address
    }

    func client() throws -> KipClient {
        try KipClient(endpoint: endpoint(), timeout: .milliseconds(Int64(timeout * 1000)))
    }
}
