// What Linux has and the module Glibc leaves out.
#include <sys/epoll.h>
#include <sys/timerfd.h>
