import KipClient
import Testing

@testable import kip

/// What a broker refuses, told by the lines of the input.
@Suite struct RefusedLineTests {
    private func located(_ message: String, _ lines: [Int]) -> String {
        RefusedLine.located(.refused(code: "invalid", message: message), lines).description
    }

    @Test("a job of the message is told by its line, blank lines counted")
    func line() {
        #expect(located("job 2 of the message: the kind is missing", [1, 4, 5]) == "line 4: the kind is missing")
        #expect(located("job 3 of the message would come after itself", [1, 4, 5]) == "line 5 would come after itself")
    }

    @Test("what blames no single job is told by all the lines that went with it")
    func lines() {
        #expect(located("the queue is full", [7, 8, 9]) == "lines 7 to 9: the queue is full")
        #expect(located("the queue is full", [7]) == "line 7: the queue is full")
        #expect(located("job 9 of the message: x", [7, 8]) == "lines 7 to 8: job 9 of the message: x")
        #expect(
            located("job 01a2, which a job of the message comes after, is not there", [1, 2]).hasPrefix(
                "lines 1 to 2: job"))
    }

    @Test("of the only job no number is told; the code stays, and what is no refusal is as it was")
    func alone() {
        let refused = KipClientError.refused(code: "too-large", message: "job 1 of the message: the kind is longer")
        #expect(RefusedLine.alone(refused) == .refused(code: "too-large", message: "the kind is longer"))
        let other = KipClientError.refused(code: "invalid", message: "job 1 of the message would come after itself")
        #expect(RefusedLine.alone(other).description == "the job would come after itself")
        #expect(RefusedLine.alone(.closed) == .closed)
        #expect(RefusedLine.located(.closed, [1]) == .closed)
    }
}
