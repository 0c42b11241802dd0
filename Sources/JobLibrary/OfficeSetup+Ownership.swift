import KipCore
import KipWorker
import Office
import OfficeMail

/// Effects, unique keys and the jobs that handlers enqueue belong to one register.
extension OfficeSetup {
    /// The header of jobs that belong to a register: its id.
    static let registerHeader = "kip-office-register"

    /// The office of this process, for a job.
    /// - Throws: `OfficeError.profile` where none is installed; `JobSignal.retry` where the job was made for another register:
    ///   two offices share a queue, and a worker of the other one will have it, or its register was lost.
    static func current(for context: JobContext) throws -> OfficeSetup {
        let office = try current()
        if let owner = context.headers[registerHeader], owner != office.register.identity.id {
            throw JobSignal.retry(
                after: .seconds(30),
                reason:
                    "the job belongs to the register \(owner), and this worker serves \(office.register.identity.id): give "
                    + "each office queues of its own; where that register was lost, cancel the job, the next sweep makes it anew"
            )
        }
        return office
    }

    /// Options of a job that a handler makes: it belongs to this register, and runs in the queue of the job that makes it.
    func owned(_ options: JobOptions, _ context: JobContext) -> JobOptions {
        var options = options
        options.queue = context.queue
        options.conditions.headers = WireHeaders.bytes([Self.registerHeader: register.identity.id])
        return options
    }

    /// As `owned`, with one job at a time for a key; one that has ended, also as a dead letter, makes room for the next.
    func owned(_ options: JobOptions, key: String, _ context: JobContext) -> JobOptions {
        owned(options, context).unique(register.identity.owned(key), .untilDone, onConflict: .keepExisting)
    }

    /// Lays a document of the register into the print tray, once.
    /// - Throws: as `JobContext.print`; `JobSignal.discard` where another document lay there under its name, as where the
    ///   register is a new one beside the folders of an old one.
    func print(_ document: IssuedDocument, _ context: JobContext) async throws {
        let receipt = try await context.print(
            document, effect: register.identity.owned("print/\(document.key)"), in: printTray)
        guard receipt.isAbout(number: document.number, sha256: document.sha256, isOld: true) else {
            throw JobSignal.discard(
                reason:
                    "under the name \(document.fileName) another document lay in the print tray before; look which one the "
                    + "office has")
        }
    }

    /// Reconciles an effect of this register with the print tray.
    func lookForPaper(_ name: String) throws -> Reconciliation {
        try Reconciliation(
            printTray.delivery(name: name), receipt: printTray.receipt(name: name) ?? .unnamed(file: name))
    }

    /// The key of an effect as it stands outside of this register; nil = it belongs to another one.
    func ownKey(of effect: String) -> String? {
        let (key, id) = RegisterIdentity.parts(of: effect)
        return id == nil || id == register.identity.id ? key : nil
    }
}

/// Requests of sweeps, which end with their jobs.
extension OfficeSetup {
    /// Runs a job that a sweep has asked for, and takes the request away where the job ends with this attempt: it came to an
    /// end, or failed for the last time.
    /// - Parameters:
    ///   - key: the request's.
    ///   - options: the kind's, which say how often it is tried.
    func ending(
        _ key: String, _ context: JobContext, _ options: JobOptions, _ body: () async throws -> Outcome
    ) async throws -> Outcome {
        do {
            let outcome = try await body()
            switch outcome {
            case .succeeded, .discard: try register.endRequest(key)
            case .retry: try endIfLast(key, context, options)
            case .snooze: break
            }
            return outcome
        } catch let signal as JobSignal {
            if case .discard = signal { try register.endRequest(key) }
            if case .retry = signal { try endIfLast(key, context, options) }
            throw signal
        } catch {
            try endIfLast(key, context, options)
            throw error
        }
    }

    private func endIfLast(_ key: String, _ context: JobContext, _ options: JobOptions) throws {
        if context.failures + 1 >= options.maxAttempts { try register.endRequest(key) }
    }
}
