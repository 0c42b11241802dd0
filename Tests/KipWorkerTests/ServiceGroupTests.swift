import Foundation
import KipClient
import KipWorker
import Logging
import ServiceLifecycle
import Testing

/// Works on beside a worker, until the group shuts down.
private struct OtherService: Service {
    let journal: String

    func run() async throws {
        try? await gracefulShutdown()
        Journal.shared.note("shut down in good order", in: journal)
    }
}

@Suite(.timeLimit(.minutes(15))) struct ServiceGroupTests {
    @Test(
        "an operator drains a worker inside a service group: the group goes on until it is shut down, or ends if it was told to",
        arguments: [KipWorker.AfterDrain.waitForShutdown, .returns])
    func drained(after: KipWorker.AfterDrain) async throws {
        let broker = try LocalBroker()
        let worker = try KipWorker(
            endpoint: broker.endpoint, name: "desk", afterDrain: after, registry: JobRegistry(Effectful.self),
            logger: quiet)
        let journal = UUID().uuidString
        let behavior: ServiceGroupConfiguration.ServiceConfiguration.TerminationBehavior =
            after == .returns ? .gracefullyShutdownGroup : .cancelGroup
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: worker, successTerminationBehavior: behavior),
                    .init(service: OtherService(journal: journal)),
                ], logger: quiet))
        let running = Task {
            try await group.run()
            Journal.shared.note("the group has ended", in: journal)
        }
        var workers: [WorkerRecord] = []
        while workers.isEmpty { workers = try await broker.client.workers() }
        _ = try await broker.client.drain(workers: workers.map(\.id))
        while !workers.isEmpty { workers = try await broker.client.workers() }
        if after == .waitForShutdown {
            // The worker's run would have ended the group by now: its thread is gone, and the broker knows it no more.
            try await Task.sleep(for: .milliseconds(200))
            #expect(Journal.shared.read(journal) == [])
            await group.triggerGracefulShutdown()
        }
        try await running.value
        #expect(Journal.shared.read(journal) == ["shut down in good order", "the group has ended"])
    }
}
