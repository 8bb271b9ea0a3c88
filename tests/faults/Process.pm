# Process: starts, and waits for, the programs of database.
package Process;
use strict;
use warnings;
use POSIX ();
use Time::HiRes ();

my $patience = 120;	# seconds, for whatever must happen at last

# start LOG COMMAND...: its pid.
sub start {
	my ($log, @command) = @_;
	my $pid = fork // die "fork: $!\n";
	return $pid if $pid;
	$SIG{$_} = 'DEFAULT' for qw(TERM INT PIPE);
	chdir '/';
	open STDIN, '<', '/dev/null' or POSIX::_exit(70);
	open STDOUT, '>>', $log or POSIX::_exit(70);
	open STDERR, '>&', \*STDOUT or POSIX::_exit(70);
	exec @command or POSIX::_exit(70);
}

# Whether it runs no more. Its parent may take a moment longer to notice.
sub is_gone {
	my ($pid) = @_;
	open my $file, '<', "/proc/$pid/stat" or return 1;
	return (<$file> // ') Z') =~ /\) [ZX]/;
}

# wait_for WHAT CODE: waits until the code gives something true, and returns it.
sub wait_for {
	my ($what, $code) = @_;
	my $end = Time::HiRes::time() + $patience;
	while (1) {
		my $result = $code->();
		return $result if $result;
		die "not within $patience s: $what\n" if Time::HiRes::time() > $end;
		Time::HiRes::sleep(0.2);
	}
}

1;
