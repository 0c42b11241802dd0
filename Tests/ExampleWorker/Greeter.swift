import KipWorker

struct Greeting: Job {
    static let kind = "greeting"
    static let options = JobOptions(maxAttempts: 5, timeout: .seconds(30))
    var name: String

    func run(in context: JobContext) async throws -> Outcome {
        try .done("Xin chào \(name)")
    }
}

@main struct Greeter {
    static func main() async throws { try await KipWorker(jobs: Greeting.self).runService() }
}
