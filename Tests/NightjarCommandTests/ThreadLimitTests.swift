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

    /// Stands in the C library's place: so many threads of the whole process, Swift's own among them, run at the same
    /// time.
    private static let room = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <pthread.h>
        #include <stdatomic.h>
        #include <stdlib.h>
        static atomic_int running;
        struct start { void *(*f)(void *); void *x; };
        static void ended(void *unused) { atomic_fetch_sub(&running, 1); }
        static void *body(void *x) {
            struct start start = *(struct start *)x;
            void *result;
            free(x);
            pthread_cleanup_push(ended, NULL);
            result = start.f(start.x);
            pthread_cleanup_pop(1);
            return result;
        }
        int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *x) {
            int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
                (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT, __func__);
            if (atomic_fetch_add(&running, 1) >= atoi(getenv("THREADS_GRANTED"))) {
                atomic_fetch_sub(&running, 1);
                return EAGAIN;
            }
            struct start *start = malloc(sizeof *start);
            *start = (struct start){f, x};
            int code = real(t, a, body, start);
            if (code) ended(NULL);
            return code;
        }
        """

    /// With few threads libdispatch would wait for ever, and no signal but SIGKILL would end the run.
    @Test func aRunThatHasTooFewEndsAtItsStart() async throws {
        let library = try await SharedObject("libroom.so", Self.room)
        for granted in 0...1000 {
            let run = try await Binary.run(
                ["mine", "--sandbox", "-a", "cn-pico", "--device", "cpu", "-t", "1", "--max-shares", "2"],
                environment: ["LD_PRELOAD": library.path, "THREADS_GRANTED": "\(granted)"])
            if run.code == 0 {
                #expect(granted > 12, "no thread was refused: \(run)")
                return
            }
            #expect(run.code == 1 && !run.wasKilled && run.lines.isEmpty, "\(granted) granted: \(run)")
            #expect(
                run.err.hasPrefix("error: only ") && run.err.contains("ulimit -u")
                    && run.err.split(separator: "\n").count == 1, "\(run)")
        }
        Issue.record("it never succeeded")
    }

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
