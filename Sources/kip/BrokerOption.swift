import ArgumentParser
import KipClient

/// Which broker a command talks to.
struct BrokerOption: ParsableArguments {
    @Option(name: .long, help: "Where the broker listens (KIP_BROKER; default tcp://127.0.0.1:7520).")
    var broker: String?

    @Option(name: .customLong("timeout"), help: "Seconds to wait for the broker's answer.")
    var timeout = 10.0

    func endpoint() throws -> String { try Self.endpoint(broker, Settings.load()) }

    /// Where the broker listens, by flag, variable or file.
    static func endpoint(_ flag: String?, _ settings: Settings) throws -> String {
        try EndpointText.checked(settings.text(flag, "KIP_BROKER", "broker") ?? DefaultEndpoint.address, .broker)
    }

    /// A number of seconds of the command line, from nothing to a day.
    static func seconds(_ value: Double, _ option: String) throws -> Duration {
        guard (0...86_400).contains(value) else { throw Failure.usage("\(option) must be from 0 to 86400 seconds") }
        return .milliseconds(Int64(value * 1000))
    }

    @Option(name: .long, help: "The file of “kip keys new”, for a broker that wants a key (KIP_CREDENTIALS).")
    var credentials: String?

    func credentialsPath() throws -> String? {
        try Settings.load().text(credentials, "KIP_CREDENTIALS", "credentials")
    }

    /// - Parameter middleware: what sees jobs before they leave, and opens what comes back.
    func client(middleware: [any EnqueueMiddleware] = []) throws -> KipClient {
        try KipClient(
            endpoint: endpoint(), credentials: credentialsPath(), timeout: Self.seconds(timeout, "--timeout"),
            middleware: middleware)
    }
}
