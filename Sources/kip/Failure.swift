import ArgumentParser
import Foundation
import KipBroker
import KipClient
import KipCore
import KipEncryption
import KipStore
import KipWorker
import Office

/// Why a command ends, with the exit code of sysexits.h that scripts go by.
struct Failure: Error, CustomStringConvertible {
    let code: Int32
    let message: String
    var description: String { message }

    /// 64: the command was used in a wrong way.
    static func usage(_ message: String) -> Failure { Failure(code: 64, message: message) }
    /// 65: the data are bad.
    static func data(_ message: String) -> Failure { Failure(code: 65, message: message) }
    /// 66: a file cannot be read.
    static func noInput(_ message: String) -> Failure { Failure(code: 66, message: message) }
    /// 69: something that is needed is not there.
    static func unavailable(_ message: String) -> Failure { Failure(code: 69, message: message) }
    /// 70: the work itself failed.
    static func software(_ message: String) -> Failure { Failure(code: 70, message: message) }
    // 73: a file cannot be made. 74: the disk fails, is full, or the files of a broker are gone. 77: the key does not allow it,
    // or is not known.
    /// 75: it may work in a moment.
    static func again(_ message: String) -> Failure { Failure(code: 75, message: message) }

    /// Says what happened and ends the process.
    static func exit(_ error: any Error) -> Never {
        guard let failure = known(error) else { Kip.exit(withError: error) }
        if !failure.message.isEmpty { Terminal.say("kip: \(failure.message)") }
        Foundation.exit(failure.code)
    }

    private static func known(_ error: any Error) -> Failure? {
        switch error {
        case let failure as Failure: failure
        case WorkerError.credentials, KipClientError.credentials: noInput("\(error)")
        case let error as KipClientError: of(error)
        case let error as StoreError: Failure(code: code(of: error), message: "\(error)")
        case let error as BindError: unavailable("\(error)")
        case OfficeError.busy(let text): again(text)
        case let error as OfficeError: data("\(error)")
        case let error as KeyRingError: data("\(error)")
        case let error as PayloadKeyError: data("\(error)")
        case WorkerError.refused(Refusal.Code.forbidden.rawValue, _): Failure(code: 77, message: "\(error)")
        case let error as WorkerError: unavailable("\(error)")
        default: nil
        }
    }

    private static func code(of error: StoreError) -> Int32 {
        switch error {
        case .damaged, .newer, .journal(.broken), .journalForked, .statementDisproved, .notBackup: 65
        case .missing, .notReadable: 66
        case .notWritable, .exists: 73
        case .inUse: 75
        case .full, .notDurable, .noLog, .journal, .unknown, .syncFailed, .filesReplaced, .failed: 74
        }
    }

    private static func of(_ error: KipClientError) -> Failure {
        switch error {
        case .unreachable, .transport, .credentials: unavailable("\(error)")
        case .notAuthenticated: Failure(code: 77, message: "\(error)")
        case .refused(Refusal.Code.forbidden.rawValue, _): Failure(code: 77, message: "\(error)")
        case .refused(let code, _):
            [Refusal.Code.busy, .storage, .unknown].map(\.rawValue).contains(code)
                ? again("\(error)") : data("\(error)")
        case .payload, .middleware: data("\(error)")
        case .partlyEnqueued(let jobs): Failure(code: of(jobs.reason).code, message: "\(error)")
        case .closed, .stillRunning: again("\(error)")
        case .unexpectedAnswer: software("\(error)")
        }
    }
}
