# Cluster: a PostgreSQL primary with two synchronous standbys on loopback. Each can be
# killed, promoted and made anew. A commit waits for one of the standbys.
#
# The nodes are numbered from 0 to 2. They end with the process that started them.
package Cluster;
use strict;
use warnings;
use IO::Socket::INET ();
use POSIX ();
use Process;

# No fsync: only processes die here. Shared memory is below the data folder, since a
# killed server does not remove it.
my $settings = <<'END_SETTINGS';
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
shared_buffers = 16MB
dynamic_shared_memory_type = mmap
max_connections = 40
wal_log_hints = on
wal_keep_size = 256MB
synchronous_standby_names = 'ANY 1 (node0, node1, node2)'
wal_retrieve_retry_interval = 100ms
wal_receiver_status_interval = 1s
autovacuum = off
jit = off
log_checkpoints = off
include 'node.conf'
END_SETTINGS

# new FOLDER USER: makes and starts them. They run as USER, who owns FOLDER.
sub new {
	my ($class, $folder, $user) = @_;
	my ($programs) = reverse sort glob '/usr/lib/postgresql/*/bin';
	die "there is no PostgreSQL\n" if !defined $programs;
	my @as = qw(setpriv --pdeathsig KILL);
	push @as, "--reuid=$user", '--regid', (getpwnam $user)[3], '--clear-groups'
	    if $> == 0;
	my $self = bless {
		folder => $folder, programs => $programs, as => \@as,
		owner => $$, primary => 0, pids => [0, 0, 0], ports => [free_ports(3)],
	}, $class;
	$self->run('initdb', '-D', $self->data(0), qw(-U postgres -A trust -E UTF8),
	    qw(--locale=C.UTF-8 --no-sync --no-instructions --wal-segsize=1));
	$self->write(0, 'postgresql.conf', $settings);
	$self->write(0, 'node.conf', $self->settings_of(0));
	$self->start(0);
	$self->rebuild($_) for 1, 2;
	return $self;
}

# All are open at the same time, so that they differ.
sub free_ports {
	my @sockets = map { IO::Socket::INET->new(LocalAddr => '127.0.0.1',
	    Listen => 1) // die "no free port: $!\n" } 1 .. shift;
	return map { $_->sockport } @sockets;
}

sub data {
	my ($self, $node) = @_;
	return "$self->{folder}/node$node";
}

sub write {
	my ($self, $node, $name, $text) = @_;
	my $path = $self->data($node) . "/$name";
	open my $file, '>', $path or die "$path: $!\n";
	print $file $text or die "$path: $!\n";
	close $file or die "$path: $!\n";
	chown +(stat $self->{folder})[4, 5], $path or die "$path: $!\n";
}

# What differs between the nodes: the port, and which primary a standby follows.
sub settings_of {
	my ($self, $node) = @_;
	my $port = $self->{ports}[$self->{primary}];
	return "port = $self->{ports}[$node]\n" .
	    "primary_conninfo = 'host=127.0.0.1 port=$port user=postgres" .
	    " application_name=node$node'\n";
}

sub try {
	my ($self, $program, @words) = @_;
	waitpid Process::start("$self->{folder}/log", @{$self->{as}},
	    "$self->{programs}/$program", @words), 0;
	return $? == 0;
}

sub run {
	my ($self, @command) = @_;
	$self->try(@command) or die "$command[0] failed: see $self->{folder}/log\n";
}

# What the node answers, or undef. Columns are separated by |.
sub ask {
	my ($self, $node, $sql) = @_;
	my @command = ("$self->{programs}/psql", qw(-XAtq -v ON_ERROR_STOP=1),
	    "host=127.0.0.1 port=$self->{ports}[$node] user=postgres" .
	    " dbname=postgres connect_timeout=5", '-c', $sql);
	my $pid = open(my $pipe, '-|') // die "fork: $!\n";
	if (!$pid) {
		open STDERR, '>>', "$self->{folder}/log" or POSIX::_exit(70);
		exec @command or POSIX::_exit(70);
	}
	my $answer = join '', <$pipe>;
	close $pipe or return undef;
	chomp $answer;
	return $answer;
}

# The same, but waits until the node answers.
sub get {
	my ($self, $node, $sql) = @_;
	my $answer;
	Process::wait_for("node$node answers to $sql",
	    sub { defined($answer = $self->ask($node, $sql)) });
	return $answer;
}

sub is_up {
	my ($self, $node) = @_;
	return defined $self->ask($node, 'SELECT 1');
}

sub start {
	my ($self, $node) = @_;
	$self->{pids}[$node] = Process::start("$self->{folder}/log", @{$self->{as}},
	    "$self->{programs}/postgres", '-D', $self->data($node));
	$self->get($node, 'SELECT 1');
}

sub children {
	my ($pid) = @_;
	open my $file, '<', "/proc/$pid/task/$pid/children" or return;
	return split ' ', <$file> // '';
}

# kill NODE: kills all processes of the server, and removes its System V memory, which
# is left otherwise. It serves only to notice processes that still run.
sub kill {
	my ($self, $node) = @_;
	my $pid = $self->{pids}[$node] or return;
	CORE::kill 'STOP', $pid;
	my @children = children($pid);
	CORE::kill 'KILL', $pid, @children;
	waitpid $pid, 0;
	Process::wait_for("node$node is gone", sub { !grep { !Process::is_gone($_) } @children });
	$self->{pids}[$node] = 0;
	open my $file, '<', $self->data($node) . '/postmaster.pid' or return;
	my ($id) = join('', <$file>) =~ /^ *\d+ +(\d+) *$/m;
	shmctl $id, 0, 0 if defined $id;	# IPC_RMID
}

# kill_backend NODE USER: kills the process of one of the user's connections, whereupon
# the server ends them all and recovers. Whether there was one.
sub kill_backend {
	my ($self, $node, $user) = @_;
	my $pid = $self->ask($node, 'SELECT pid FROM pg_stat_activity' .
	    " WHERE usename = '$user' LIMIT 1") or return 0;
	return CORE::kill 'KILL', $pid;
}

# promote NODE: the primary must be dead. The third node goes on only if it has no
# more than the new primary has.
sub promote {
	my ($self, $node) = @_;
	$self->{primary} = $node;
	my $done = $self->get($node, 'SELECT pg_promote(true, 60)');
	die "node$node was not promoted\n" if $done ne 't';
}

# follow NODE: makes a running standby follow the present primary.
sub follow {
	my ($self, $node) = @_;
	$self->write($node, 'node.conf', $self->settings_of($node));
	$self->get($node, 'SELECT pg_reload_conf()');
}

# rebuild NODE [BY]: makes a dead node a standby of the primary, by pg_basebackup, or
# by pg_rewind if BY says so and it still has the log that this needs.
sub rebuild {
	my ($self, $node, $by) = @_;
	my ($data, $primary) = ($self->data($node), $self->{primary});
	my $source = "host=127.0.0.1 port=$self->{ports}[$primary] user=postgres";
	my $rewound = 0;
	if (($by // '') eq 'pg_rewind') {
		$self->get($primary, 'CHECKPOINT');
		$rewound = $self->try('pg_rewind', '-D', $data, '--no-sync',
		    "--source-server=$source dbname=postgres");
	}
	if (!$rewound) {
		system 'rm', '-rf', $data;
		$self->run('pg_basebackup', '-D', $data, '-d', $source,
		    qw(-X stream -c fast --no-sync));
	}
	$self->write($node, 'node.conf', $self->settings_of($node));
	$self->write($node, 'standby.signal', '');
	$self->start($node);
}

sub standbys {
	my ($self) = @_;
	return grep { $_ != $self->{primary} } 0 .. 2;
}

# How far a standby has come, in bytes, once its primary is dead and nothing is on
# its way to it any more.
sub reached {
	my ($self, $node) = @_;
	my ($before, $now) = (-1, 0);
	Process::wait_for("node$node is still", sub {
		($before, $now) = ($now, $self->get($node, 'SELECT pg_wal_lsn_diff(' .
		    'greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()),' .
		    "'0/0'), (SELECT count(*) FROM pg_stat_wal_receiver)"));
		return $now eq $before && $now =~ /\|0$/;
	});
	return ($now =~ /^(\d+)/)[0];
}

# Whether so many standbys are connected and count.
sub has_standbys {
	my ($self, $count) = @_;
	my $found = $self->ask($self->{primary}, 'SELECT count(*) FROM' .
	    " pg_stat_replication WHERE state = 'streaming' AND sync_state = 'quorum'");
	return defined $found && $found >= $count;
}

sub end {
	my ($self) = @_;
	$self->kill($_) for 0 .. 2;
}

# Also if it is interrupted while it is being made.
sub DESTROY {
	my ($self) = @_;
	local $?;
	$self->end() if $self->{owner} == $$;
}

1;
