# Host: a hookline behind a web server, and its relay, in a scratch folder that
# tests/servers/lib/scratch.bash has made.
package Host;
use strict;
use warnings;
use POSIX ();
use Process;

# new FOLDER AS...: AS are words before a command that runs as the journal's owner.
sub new {
	my ($class, $folder, @as) = @_;
	open my $file, '<', "$folder/port" or die "$folder/port: $!\n";
	chomp(my $port = <$file>);
	return bless { folder => $folder, port => $port, as => \@as, relay => 0,
	    journal => "$folder/var/journal", config => "$folder/etc/hookline.conf" },
	    $class;
}

sub start {
	my ($self, $log, @command) = @_;
	return Process::start("$self->{folder}/log/$log", @command);
}

# programs NAME: the pids of the processes that run this folder's copy of a program.
sub programs {
	my ($self, $name) = @_;
	my $path = "$self->{folder}/lib/$name";
	my @links = grep { (readlink // '') eq $path } glob '/proc/[0-9]*/exe';
	return map { (split m{/})[2] } @links;
}

#
# The relay
#

# relay WORDS...: runs it to its end; its exit status.
sub relay {
	my ($self, @words) = @_;
	waitpid $self->start('relay', @{$self->{as}},
	    "$self->{folder}/lib/hookline-relay", '--config', $self->{config},
	    @words), 0;
	return $? >> 8 || $?;
}

sub start_relay {
	my ($self) = @_;
	$self->{relay} = $self->start('relay', @{$self->{as}}, 'setpriv', '--pdeathsig',
	    'KILL', "$self->{folder}/lib/hookline-relay", '--config', $self->{config});
}

# It must not end by itself.
sub check_relay {
	my ($self) = @_;
	die "the relay in $self->{folder} ended by itself, with $?\n"
	    if waitpid($self->{relay}, POSIX::WNOHANG()) != 0;
}

# Kills the parent, whose children die with it, or sometimes only a child, which the
# parent starts again after a pause.
sub kill_relay {
	my ($self) = @_;
	my @children = grep { $_ != $self->{relay} } $self->programs('hookline-relay');
	if (@children && rand() < 0.25) {
		kill 'KILL', $children[rand @children];
		return;
	}
	kill 'KILL', $self->{relay};
	waitpid $self->{relay}, 0;
	$self->start_relay();
}

sub stop_relay {
	my ($self) = @_;
	kill 'TERM', $self->{relay};
	waitpid $self->{relay}, 0;
	return $?;
}

#
# The receiver
#

# Kills one process, so that the server turns to another one, or all. Whether there was
# one.
sub kill_receiver {
	my ($self) = @_;
	my @pids = $self->programs('hookline.fcgi') or return 0;
	return kill('KILL', rand() < 0.5 ? @pids : $pids[rand @pids]) > 0;
}

sub stop_server {
	my ($self) = @_;
	open my $file, '<', "$self->{folder}/server.pid" or die "no server: $!\n";
	chomp(my $pid = <$file>);
	kill 'TERM', $pid;
	Process::wait_for("$self->{folder}: the server stops", sub {
		waitpid $pid, POSIX::WNOHANG();
		return Process::is_gone($pid) && !$self->programs('hookline.fcgi');
	});
}

sub start_server {
	my ($self) = @_;
	my $pid = $self->start('server', 'lighttpd', '-D', '-f',
	    "$self->{folder}/etc/lighttpd.conf");
	open my $file, '>', "$self->{folder}/server.pid" or die "server.pid: $!\n";
	print $file "$pid\n";
	close $file or die "server.pid: $!\n";
}

#
# The journal
#

# payloads [AFTER]: those of the records after this seq, in order.
sub payloads {
	my ($self, $after) = @_;
	$after //= 0;
	my @found;
	for my $path (sort(glob "$self->{journal}/archive/*.jsonl"),
	    "$self->{journal}/notifications.jsonl") {
		open my $file, '<', $path or next;
		while (<$file>) {
			push @found, $2 if /^\{"seq":(\d+),.*?"payload":(.*)\}\n\z/ &&
			    $1 > $after;
		}
	}
	return @found;
}

sub last_seq {
	my ($self, $journal) = @_;
	$journal //= $self->{journal};
	for my $path ("$journal/notifications.jsonl",
	    reverse sort glob "$journal/archive/*.jsonl") {
		open my $file, '<', $path or next;
		my ($last) = grep { defined } map { /^\{"seq":(\d+),/ ? $1 : undef }
		    grep { /\n\z/ } reverse <$file>;
		return $last if defined $last;
	}
	return 0;
}

1;
