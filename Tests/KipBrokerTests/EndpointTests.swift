import Foundation
import Testing

@testable import KipBroker

/// Where a broker may listen, and whether others reach it there.
@Suite struct EndpointTests {
    @Test(
        "endpoints of this machine alone",
        arguments: [
            ("tcp://127.0.0.1:7520", "tcp://127.0.0.1:7520"), ("tcp://127.8.9.1:*", "tcp://127.8.9.1:*"),
            ("tcp://localhost:7520", "tcp://127.0.0.1:7520"), ("tcp://[::1]:0", "tcp://[::1]:0"),
            ("tcp://::1:7520", "tcp://[::1]:7520"), ("tcp://[0:0:0:0:0:0:0:1]:1", "tcp://[0:0:0:0:0:0:0:1]:1"),
            ("tcp://[::ffff:127.0.0.1]:1", "tcp://[::ffff:127.0.0.1]:1"), ("tcp://lo:7520", "tcp://127.0.0.1:7520"),
            ("ipc:///run/kip", "ipc:///run/kip"),
        ])
    func local(_ endpoint: String, _ address: String) throws {
        let place = try Endpoint(endpoint)
        #expect(place.isLocal)
        #expect(place.address == address)
    }

    @Test(
        "endpoints that others reach",
        arguments: [
            "tcp://*:7520", "tcp://0.0.0.0:7520", "tcp://[::]:7520", "tcp://192.0.2.1:7520", "tcp://[2001:db8::1]:1",
            "tcp://[::ffff:192.0.2.1]:1", "tcp://[fe80::1%eth0]:1", "tcp://[::ffff:0.0.0.0]:1",
        ])
    func remote(_ endpoint: String) throws {
        #expect(try !Endpoint(endpoint).isLocal)
    }

    @Test(
        "what is no plain endpoint is refused",
        arguments: [
            "tcp://127.0.0.1:0;0.0.0.0:7520", "tcp://0.0.0.0:0;127.0.0.1:7520", "tcp://127.0.0.1.evil.example:7520",
            "tcp://localhost.evil.example:7520", "tcp://127.1:7520", "tcp://0x7f.0.0.1:7520", "tcp://2130706433:7520",
            "tcp://127.0.0.1:", "tcp://127.0.0.1:65536", "tcp://127.0.0.1:+1", "tcp://127.0.0.1:075", "tcp://:7520",
            "tcp://127.0.0.1", "tcp://nosuchinterface0:7520", "tcp://127.0.0.1 :7520", "tcp://127.0.0.1:7520\n",
            "tcp://[::1;::]:1", "tcp://[::1%]:1", "udp://127.0.0.1:1", "inproc://x", "ipc://", "ipc://@kip",
            "ipc:///tmp/a;b", "",
        ])
    func refused(_ endpoint: String) {
        let error = #expect(throws: BindError.self) { try Endpoint(endpoint) }
        // The endpoint is at fault, not another process.
        #expect(error.map { "\($0)".contains("another broker") } == false)
    }

    @Test("what libzmq says that it has bound is judged once more")
    func bound() {
        for place in ["tcp://127.0.0.1:1", "tcp://[::1]:1", "tcp://[::ffff:127.0.0.1]:1", "ipc:///x"] {
            #expect(Endpoint.isLoopback(bound: place), "\(place)")
        }
        for place in ["tcp://0.0.0.0:1", "tcp://[::]:1", "tcp://10.0.0.1:1", "", "tcp://localhost:1"] {
            #expect(!Endpoint.isLoopback(bound: place), "\(place)")
        }
    }
}
