import ArgumentParser
import KipClient

/// Which broker a command talks to.
struct BrokerOption: ParsableArguments {
    @Option(name: .long, help: "Where the broker listens (KIP_BROKER; default tcp://127.0.0.1:7520).")
    var broker: String?

    @Option(name: .customLong("timeout"), help: "How long to wait for the broker's answer: 10s.")
    var timeout = "10s"

    func endpoint() throws -> String { try Self.endpoint(broker, Settings.load()) }

    /// Where the broker listens, by flag, variable or file.
    static func endpoint(_ flag: String?, _ settings: Settings) throws -> String {
        try EndpointText.checked(settings.text(flag, "KIP_BROKER", "broker") ?? DefaultEndpoint.address, .broker)
    }

    /// A duration of the command line, from nothing to a day.
    static func duration(_ text: String, _ option: String) throws -> Duration {
        let duration = try TimeText.duration(text, option)
        guard duration <= .seconds(86_400) else { throw Failure.usage("\(option) is “\(text)”; a day is the most") }
        return duration
    }

    @Option(name: .long, help: "The file of “kip keys new”, for a broker that wants a key (KIP_CREDENTIALS).")
    var credentials: String?

    func credentialsPath() throws -> String? {
        try Settings.load().text(credentials, "KIP_CREDENTIALS", "credentials")
    }

    /// - Parameter middleware: what sees jobs before they leave, and opens what comes back.
    func client(middleware: [any EnqueueMiddleware] = []) throws -> KipClient {
        try KipClient(
            endpoint: endpoint(), credentials: credentialsPath(), timeout: Self.duration(timeout, "--timeout"),
            middleware: middleware)
    }
}
