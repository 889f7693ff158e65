import Foundation
import TestSupport
import Testing

/// A limit on threads, as of a container, met at each of the engine's threads: one line that names it, exit 1.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ThreadLimitTests {
    /// Stands in for the C library: grants so many threads to the program itself. Libraries get theirs, since Swift's
    /// own pool waits for ever for its first.
    private static let limit = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <pthread.h>
        #include <stdatomic.h>
        #include <stdlib.h>
        #include <string.h>
        int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *x) {
            static atomic_int count;
            int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
                (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT, __func__);
            Dl_info caller;
            int own = dladdr(__builtin_return_address(0), &caller) && caller.dli_fname
                && strstr(caller.dli_fname, "nightjar") && !strstr(caller.dli_fname, ".so");
            if (own && atomic_fetch_add(&count, 1) >= atoi(getenv("THREADS_GRANTED"))) return EAGAIN;
            return real(t, a, f, x);
        }
        """

    @Test(arguments: [
        "hash -a cn-pico --device cpu", "selftest -a cn-pico --device cpu", "bench -a cn-pico --device cpu --hashes 4",
    ])
    func itIsSaidInOneLine(_ command: String) async throws {
        let library = try await SharedObject("liblimit.so", Self.limit)
        let words = command.split(separator: " ").map(String.init)
        for granted in 0...8 {
            let run = try await Binary.run(
                words, input: [UInt8](String(repeating: "00", count: 76).utf8),
                environment: ["LD_PRELOAD": library.path, "THREADS_GRANTED": "\(granted)"])
            if run.code == 0 {
                #expect(granted > 0, "no thread was refused: \(run)")
                return
            }
            #expect(run.code == 1 && !run.wasKilled, "\(granted) granted: \(run)")
            #expect(run.err.contains("could not be started") && run.err.contains("ulimit -u"), "\(run)")
        }
        Issue.record("it never succeeded")
    }
}
