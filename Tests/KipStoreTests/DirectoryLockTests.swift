import Foundation
import Testing

@testable import KipStore

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct DirectoryLockTests {
    @Test("a lock that was let go is free, also while a child has a copy of its descriptor")
    func child() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kip-lock-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let lock = try DirectoryLock(directory: folder)
        let held = try #require(
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init).first {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?
                    .hasSuffix(folder.split(separator: "/").last.map { "\($0)/broker.lock" } ?? "?") == true
            })
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, held, 200)
        var child = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
        defer { words.forEach { free($0) } }
        try #require(posix_spawnp(&child, "sleep", &actions, nil, &words, environ) == 0)
        defer {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
        }
        #expect(throws: StoreError.self) { _ = try DirectoryLock(directory: folder) }
        lock.letGo()
        _ = try DirectoryLock(directory: folder)
    }
}
