import os
from multiprocessing import current_process, parent_process
from say import say

me = current_process()
say("alive", me.is_alive())
say("daemon", me.daemon)
say("pid", me.pid == os.getpid())
say("exitcode", me.exitcode)
say("parent", parent_process())
