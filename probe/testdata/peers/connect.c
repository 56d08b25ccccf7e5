// connect ADDRESS HOSTS FIRST LAST TIMEOUT_MS TRIES THREADS
//
// The limit that a port scanner on this computer can reach with connect(2): it connects, counts and does nothing
// else. HOSTS consecutive IPv4 addresses from ADDRESS on, ports FIRST to LAST. Each of TRIES passes sends one SYN to
// every endpoint that is still silent and waits TIMEOUT_MS. Sockets are used again after a refusal, which connect(2)
// resets, and after a time-out, through connect to AF_UNSPEC. Prints: open refused silent other.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WINDOW = 8000 };

static uint32_t base;
static int ports, first, total, timeout_ms, tries, threads, window;
static unsigned char *state; // of an endpoint: 0 silent, 1 open, 2 refused, 3 other

struct slot {
	int fd, id, busy;
	double sent;
};

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int dial(struct slot *s) {
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(first + s->id % ports)};
	a.sin_addr.s_addr = htonl(base + s->id / ports);
	return connect(s->fd, (struct sockaddr *)&a, sizeof a) == 0 ? 0 : errno;
}

static void end(struct slot *s, int err) {
	state[s->id] = err == 0 || err == EISCONN ? 1 : err == ECONNREFUSED ? 2 : 3;
	if (err != ECONNREFUSED) {
		close(s->fd);
		s->fd = -1;
	}
	s->busy = 0;
}

static void *work(void *arg) {
	int thread = (int)(long)arg, epoll = epoll_create1(0), size = window / threads;
	struct slot *slots = calloc(size, sizeof *slots);
	int *unused = malloc(size * sizeof *unused), n = 0;
	int *queue = malloc(size * sizeof *queue), head, length; // slots by time sent
	for (int i = 0; i < size; i++) slots[i].fd = -1;
	struct epoll_event events[512];
	for (int pass = 0; pass < tries; pass++) {
		n = head = length = 0;
		for (int i = size - 1; i >= 0; i--) unused[n++] = i;
		int next = thread, open = 0;
		while (next < total || open > 0) {
			while (next < total && n > 0 && length < size) {
				if (state[next]) {
					next += threads;
					continue;
				}
				int i = unused[--n];
				struct slot *s = &slots[i];
				if (s->fd < 0) {
					s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
					if (s->fd < 0) {
						unused[n++] = i;
						break;
					}
					struct linger l = {1, 0};
					setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
					struct epoll_event e = {.events = EPOLLOUT | EPOLLET, .data.u32 = i};
					epoll_ctl(epoll, EPOLL_CTL_ADD, s->fd, &e);
				}
				s->id = next, s->busy = 1, s->sent = now();
				next += threads, open++;
				int err = dial(s);
				if (err != EINPROGRESS) {
					end(s, err);
					open--, unused[n++] = i;
					continue;
				}
				queue[(head + length++) % size] = i;
			}
			double left = length ? slots[queue[head]].sent + timeout_ms / 1e3 - now() : 0;
			int wait = next < total && n > 0 && length < size || left < 0 ? 0 : left * 1e3 + 1;
			if (length && !slots[queue[head]].busy) wait = 0;
			int got = epoll_wait(epoll, events, 512, wait);
			for (int k = 0; k < got; k++) {
				struct slot *s = &slots[events[k].data.u32];
				if (!s->busy) continue;
				int err = dial(s);
				if (err == EALREADY || err == EINPROGRESS) continue;
				end(s, err);
				open--;
			}
			while (length > 0) {
				int i = queue[head];
				struct slot *s = &slots[i];
				if (s->busy) {
					if (now() - s->sent < timeout_ms / 1e3) break;
					struct sockaddr none = {.sa_family = AF_UNSPEC};
					connect(s->fd, &none, sizeof none);
					s->busy = 0, open--;
				}
				unused[n++] = i;
				head = (head + 1) % size, length--;
			}
		}
	}
	return NULL;
}

int main(int argc, char **argv) {
	if (argc != 8) {
		fprintf(stderr, "usage: connect ADDRESS HOSTS FIRST LAST TIMEOUT_MS TRIES THREADS\n");
		return 2;
	}
	base = ntohl(inet_addr(argv[1])), first = atoi(argv[3]), ports = atoi(argv[4]) - first + 1;
	total = atoi(argv[2]) * ports, timeout_ms = atoi(argv[5]), tries = atoi(argv[6]), threads = atoi(argv[7]);
	struct rlimit l;
	getrlimit(RLIMIT_NOFILE, &l);
	l.rlim_cur = l.rlim_max;
	setrlimit(RLIMIT_NOFILE, &l);
	window = (int)l.rlim_cur - 64 < WINDOW ? (int)l.rlim_cur - 64 : WINDOW;
	state = calloc(total, 1);
	pthread_t t[16];
	for (long i = 0; i < threads; i++) pthread_create(&t[i], NULL, work, (void *)i);
	for (int i = 0; i < threads; i++) pthread_join(t[i], NULL);
	int count[4] = {0};
	for (int i = 0; i < total; i++) count[state[i]]++;
	printf("%d %d %d %d\n", count[1], count[2], count[0], count[3]);
}
