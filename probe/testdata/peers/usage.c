// usage COMMAND [ARGUMENT...]
//
// Runs a command and writes what it used to descriptor 3: wall, user and system seconds and the peak of its resident
// memory in KiB. A process started by a large one would have its parent's peak counted as its own; this one is small.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
	if (argc < 2) return 2;
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	pid_t child = fork();
	if (child == 0) {
		close(3);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	int status;
	struct rusage u;
	if (child < 0 || wait4(child, &status, 0, &u) < 0) return 126;
	clock_gettime(CLOCK_MONOTONIC, &b);
	dprintf(3, "%.6f %.6f %.6f %ld\n", b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) / 1e9,
		u.ru_utime.tv_sec + u.ru_utime.tv_usec / 1e6, u.ru_stime.tv_sec + u.ru_stime.tv_usec / 1e6, u.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
