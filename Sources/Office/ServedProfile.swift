import DurableFiles
import Foundation
import HashChain

#if canImport(Glibc)
    import Glibc
#endif

/// The profile with which workers serve a register, for as long as one of them runs: workers with different profiles would
/// write letters of two offices under the numbers of one.
///
/// Each worker holds a shared lock on `office.profile` beside the register; the file says which profile it is. A profile that
/// was edited where it lies is the same one: a pool whose processes are replaced one after the other (SIGHUP) has both for a
/// moment.
public final class ServedProfile: Sendable {
    private let descriptor: Int32

    private struct Mark: Codable, Equatable {
        var path: String
        var sha256: String
    }

    /// Serves a register with a profile.
    /// - Parameters:
    ///   - directory: the register's.
    ///   - profile: `office.yaml`.
    ///   - daysOff: `days-off.yaml`, which belongs to it.
    /// - Throws: `OfficeError.profile` where a worker that runs serves it with another one; `OfficeError.register` where the
    ///   file cannot be used; `OfficeError.busy`.
    public init(directory: String, profile: String, daysOff: String) throws(OfficeError) {
        let contents = [profile, daysOff].map { FileManager.default.contents(atPath: $0) ?? Data() }
        let own = Mark(
            path: URL(fileURLWithPath: profile).resolvingSymlinksInPath().standardizedFileURL.path,
            sha256: Digest.sha256(Data(contents.map { Digest.sha256($0) }.joined().utf8)))
        let descriptor: Int32
        do {
            descriptor = try FileLock.open(directory + "/office.profile")
        } catch {
            throw .register("\(error)")
        }
        do throws(OfficeError) {
            try Self.serve(descriptor, own, directory)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static func serve(_ descriptor: Int32, _ own: Mark, _ directory: String) throws(OfficeError) {
        // Nobody serves it: what the file says is of before.
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { try write(own, to: descriptor, directory) }
        let end = ContinuousClock.now + .seconds(10)
        while flock(descriptor, LOCK_SH | LOCK_NB) != 0 {
            guard ContinuousClock.now < end else {
                throw .busy("\(directory)/office.profile is held by another process; try again")
            }
            usleep(5_000)
        }
        // Between the two locks another may have come first.
        guard let served = read(descriptor), served.sha256 != own.sha256 else { return }
        guard served.path == own.path else {
            throw .profile(
                "workers serve \(directory)/office.db with the profile \(served.path), and this one has \(own.path), which "
                    + "says something else: their letters would bear numbers of one register. Start it with the same profile, or "
                    + "with a directory of its own (KIP_OFFICE); or stop those workers first")
        }
        try write(own, to: descriptor, directory)
    }

    private static func read(_ descriptor: Int32) -> Mark? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? try? JSONDecoder().decode(Mark.self, from: Data(bytes[..<count])) : nil
    }

    private static func write(_ mark: Mark, to descriptor: Int32, _ directory: String) throws(OfficeError) {
        let bytes = (try? JSONEncoder().encode(mark)).map { [UInt8]($0) } ?? []
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw .register("\(directory)/office.profile: \(String(cString: strerror(errno)))")
        }
    }
}
