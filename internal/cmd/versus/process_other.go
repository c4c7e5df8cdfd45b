// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux

package main

import (
	"errors"
	"os"
	"syscall"
)

// The functions are for Linux, where the benchmark runs.

func raiseLimit(uint64) (int, error) { return 0, errors.ErrUnsupported }

func asUser() (*syscall.SysProcAttr, int) { return nil, os.Geteuid() }

func descriptors(int) (int, error) { return 0, errors.ErrUnsupported }

func processorTime(int) (float64, error) { return 0, errors.ErrUnsupported }
